/** Values from which senders count the TTL of their packets down. */
const INITIAL_TTLS = [32, 64, 128, 255] as const;

export type InitialTtl = (typeof INITIAL_TTLS)[number];

/** What a packet's TTL very likely began with: the next value in use; `hops`: routers that it has passed since. */
export function hopsFrom(ttl: number): { readonly initial: InitialTtl; readonly hops: number } {
  const initial = INITIAL_TTLS.find((each) => ttl <= each) ?? 255;
  return { initial, hops: initial - ttl };
}
