import { ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG } from "../../wire/tcp.ts";

const LETTERS: Readonly<Record<string, number>> = {
  F: FIN,
  S: SYN,
  R: RST,
  P: PSH,
  ".": ACK,
  U: URG,
  E: ECE,
  W: CWR,
  e: AE,
};

const WORDS: Readonly<Record<string, number>> = {
  FIN,
  SYN,
  RST,
  PSH,
  ACK,
  URG,
  ECE,
  ECN: ECE,
  CWR,
  NS: AE,
  AE,
  "<None>": 0,
};

/** Control bits of tcpdump's letters ("none": no bit); -1 when another letter is among them. */
export function flagsOfLetters(letters: string): number {
  if (letters === "none") return 0;
  let flags = 0;
  for (const letter of letters) {
    const bit = LETTERS[letter];
    if (bit === undefined) return -1;
    flags |= bit;
  }
  return flags;
}

/** The control bit of one of Wireshark's words; -1 for any other word. */
export function flagOfWord(word: string): number {
  return WORDS[word] ?? -1;
}
