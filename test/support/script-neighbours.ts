import type { ArpFields } from "../../src/capture/encode.ts";
import { neighbourAdvertisement, neighbourSolicitation, type IcmpFields } from "../../src/capture/encode-icmp.ts";
import { Endpoint, macOf } from "./script-endpoint.ts";
import type { Words } from "./script-words.ts";

/** Reads `who-has ADDRESS tell ADDRESS` or `reply ADDRESS is-at MAC to ADDRESS`. */
export function readArp(words: Words): ArpFields {
  const isRequest = words.oneOf({ "who-has": true, reply: false }, "ARP message");
  const subject = words.next("address");
  if (isRequest) {
    expectWord(words, "tell");
    const asker = words.next("address");
    return { operation: "request", senderMac: macOf(asker), senderAddress: asker, targetAddress: subject };
  }
  expectWord(words, "is-at");
  const senderMac = words.next("link-layer address");
  expectWord(words, "to");
  const asker = words.next("address");
  return { operation: "reply", senderMac, senderAddress: subject, targetMac: macOf(asker), targetAddress: asker };
}

export interface NeighbourMessage {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly message: IcmpFields;
}

/** Reads `solicit ADDRESS from ADDRESS` or `advertise ADDRESS to ADDRESS`. */
export function readNeighbour(words: Words): NeighbourMessage {
  const isQuestion = words.oneOf({ solicit: true, advertise: false }, "neighbour message");
  const target = words.next("address");
  expectWord(words, isQuestion ? "from" : "to");
  const other = new Endpoint(words.next("address"), 0, 0);
  const subject = new Endpoint(target, 0, 0);
  return isQuestion
    ? { from: other, to: subject, message: neighbourSolicitation(target, other.mac) }
    : { from: subject, to: other, message: neighbourAdvertisement(target, subject.mac) };
}

function expectWord(words: Words, word: string): void {
  if (!words.take(word)) words.fail(`${word} expected${words.isEmpty ? "" : `, not "${words.peek}"`}`);
}
