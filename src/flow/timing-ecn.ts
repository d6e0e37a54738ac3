import type { Packet } from "../wire/packet.ts";
import { ACK, AE, CWR, ECE, SYN } from "../wire/tcp.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";

// Codepoints of the IP header's ECN field (RFC 3168 section 5).
const ECT_1 = 1;
const ECT_0 = 2;
const CE = 3;

/** What one end sent of Explicit Congestion Notification, in packets. */
export class EcnCounts {
  ect0 = 0;
  ect1 = 0;
  ce = 0;
  ece = 0;
  cwr = 0;
  /** SYNs and other segments that RFC 3168 sends without ECT (section 6.1.1), with it. */
  ectOnSyn = 0;
}

/** `accurate`: AccECN was offered (RFC 9768). */
export type EcnNegotiation = "none" | "offered" | "refused" | "agreed" | "accurate";

/** What was amiss with ECN, against the table of RFC 3168 section 6.1. */
export type EcnOddity = "ect-without-agreement" | "ect-on-syn" | "ce-not-echoed" | "ece-not-answered";

/** Explicit Congestion Notification of one connection (RFC 3168). */
export class Ecn {
  /** Of what the client sent, then the server. */
  readonly counts: readonly [EcnCounts, EcnCounts] = [new EcnCounts(), new EcnCounts()];
  negotiation: EcnNegotiation = "none";

  observe(packet: Packet, from: EndIndex): void {
    const { flagsWithReserved } = packet.tcp;
    const field = (packet.ipVersion === 6 ? packet.ipv6.trafficClass : packet.ipv4.typeOfService) & 3;
    const counts = this.counts[from];
    if (field === ECT_0) counts.ect0++;
    else if (field === ECT_1) counts.ect1++;
    else if (field === CE) counts.ce++;
    if ((flagsWithReserved & SYN) !== 0) {
      this.#negotiate(flagsWithReserved);
      if (field !== 0) counts.ectOnSyn++;
      return;
    }
    if ((flagsWithReserved & ECE) !== 0) counts.ece++;
    if ((flagsWithReserved & CWR) !== 0) counts.cwr++;
  }

  #negotiate(flags: number): void {
    const bits = flags & (ECE | CWR);
    if ((flags & ACK) === 0) {
      if (bits !== (ECE | CWR)) this.negotiation = "none";
      else this.negotiation = (flags & AE) === 0 ? "offered" : "accurate";
      return;
    }
    if (this.negotiation === "offered") this.negotiation = bits === ECE ? "agreed" : "refused";
    else if (this.negotiation === "accurate" && (flags & AE) === 0 && bits === 0) this.negotiation = "refused";
    else if (this.negotiation === "accurate" && (flags & AE) === 0 && bits === ECE) this.negotiation = "agreed";
  }

  /** What does not fit; with AccECN the flags are a counter, and only ECT without agreement is told. */
  oddities(): EcnOddity[] {
    const odd = new Set<EcnOddity>();
    for (const end of [CLIENT, SERVER] as const) {
      const own = this.counts[end];
      const other = this.counts[end === CLIENT ? SERVER : CLIENT];
      const marked = own.ect0 + own.ect1 + own.ce;
      if (this.negotiation === "refused" && marked > own.ectOnSyn) odd.add("ect-without-agreement");
      if (this.negotiation !== "agreed") continue;
      if (own.ectOnSyn > 0) odd.add("ect-on-syn");
      if (own.ce > 0 && other.ece === 0) odd.add("ce-not-echoed");
      if (own.ece > 0 && other.cwr === 0) odd.add("ece-not-answered");
    }
    return [...odd];
  }
}
