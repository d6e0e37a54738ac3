/** Keywords of IP protocols (IANA "Assigned Internet Protocol Numbers"), in lower case, in runs from a first number on. */
const RUNS: readonly (readonly [first: number, keywords: string])[] = [
  [
    0,
    "hopopt icmp igmp ggp ipencap st tcp cbt egp igp bbn-rcc-mon nvp-ii pup argus emcon xnet chaos udp " +
      "mux dcn-meas hmp prm xns-idp trunk-1 trunk-2 leaf-1 leaf-2 rdp irtp iso-tp4 netblt mfe-nsp merit-inp " +
      "dccp 3pc idpr xtp ddp idpr-cmtp tp++ il ipv6 sdrp ipv6-route ipv6-frag idrp rsvp gre dsr bna esp ah " +
      "i-nlsp swipe narp mobile tlsp skip ipv6-icmp ipv6-nonxt ipv6-opts",
  ],
  [62, "cftp"],
  [64, "sat-expak kryptolan rvd ippc"],
  [
    69,
    "sat-mon visa ipcv cpnx rspf wsn pvp br-sat-mon sun-nd wb-mon wb-expak iso-ip vmtp secure-vmtp vines " +
      "ttp nsfnet-igp dgp tcf eigrp ospf sprite-rpc larp mtp ax.25 ipip micp scc-sp etherip encap",
  ],
  [100, "gmtp ifmp pnni pim aris scps qnx a/n ipcomp snp compaq-peer ipx-in-ip vrrp pgm"],
  [
    115,
    "l2tp ddx iatp stp srp uti smp sm ptp isis fire crtp crudp sscopmce iplt sps pipe sctp fc " +
      "rsvp-e2e-ignore mobility-header udplite mpls-in-ip manet hip shim6 wesp rohc",
  ],
  [253, "exptest-253 exptest-254 reserved"],
];

const WORDS: readonly string[] = RUNS.reduce<string[]>((words, [first, keywords]) => {
  keywords.split(" ").forEach((keyword, index) => (words[first + index] = keyword));
  return words;
}, []);

/** What tcpdump calls a protocol that it does not decode: its keyword, or "ip-proto-" and the number where names are not wanted or there is none. */
export function ipProtocolWord(protocol: number, named: boolean): string {
  return (named ? WORDS[protocol] : undefined) ?? `ip-proto-${protocol}`;
}
