import type { Relation, Test } from "./compile.ts";
import { quantified } from "./compare.ts";
import { QueryError } from "./error.ts";
import { type BytesField, counter, type Field } from "./field.ts";
import { type AddressValue, addressValue, bytesValue, ethernetValue, patternValue } from "./literal.ts";
import type { Operand, Value } from "./syntax.ts";

const LATIN1 = new TextDecoder("latin1");

/** What a query asks of addresses in the packet: IPv4, IPv6, Ethernet. */
export function addressTest<C>(field: BytesField<C>, operand: Operand, relation: Relation<BytesField<C>>): Test<C> {
  const { at, bytes } = field;
  const count = counter(field);
  if (relation.kind === "exists") return exists(field);
  if (relation.kind === "in") {
    const ranges = relation.items.map(({ low, high }) => [literal(low, field), literal(high ?? low, field)] as const);
    return (subject) => {
      const many = count(subject);
      for (let i = 0; i < many; i++) {
        const start = at(subject, i);
        if (start === -1) continue;
        const where = bytes(subject);
        for (const [low, high] of ranges)
          if (order(where, start, low) >= 0 && order(where, start, high) <= 0) return true;
      }
      return false;
    };
  }
  const { operator, value, other } = relation;
  if (operator === "contains" || operator === "matches") {
    throw new QueryError("wrong-type", `${field.name} is an address: ${operator} does not go with it`, operand.place);
  }
  const { accepts, ofAll } = quantified(operator);
  if (other !== undefined) return compareFields(field, other, accepts, ofAll);
  const wanted = literal(value, field);
  return (subject) => {
    const many = count(subject);
    let seen = 0;
    for (let i = 0; i < many; i++) {
      const start = at(subject, i);
      if (start === -1) continue;
      seen++;
      if (accepts(order(bytes(subject), start, wanted)) !== ofAll) return !ofAll;
    }
    return ofAll && seen > 0;
  };
}

/** What a query asks of a part of the packet: whether it is there, or has some bytes or text in it. */
export function bytesTest<C>(field: BytesField<C>, operand: Operand, relation: Relation<Field<C>>): Test<C> {
  if (relation.kind === "exists") return exists(field);
  if (relation.kind === "in" || (relation.operator !== "contains" && relation.operator !== "matches")) {
    throw new QueryError(
      "wrong-type",
      `${field.name} stands for bytes: only contains and matches go with it`,
      operand.place,
    );
  }
  const { at, length, bytes } = field;
  if (relation.operator === "contains") {
    const wanted = bytesValue(relation.value);
    return (subject) => {
      const start = at(subject, 0);
      return start !== -1 && contains(bytes(subject), start, start + length(subject, 0), wanted);
    };
  }
  const pattern = patternValue(relation.value);
  return (subject) => {
    const start = at(subject, 0);
    return start !== -1 && pattern.test(LATIN1.decode(bytes(subject).subarray(start, start + length(subject, 0))));
  };
}

function exists<C>(field: BytesField<C>): Test<C> {
  const { at } = field;
  const count = counter(field);
  return (subject) => {
    const many = count(subject);
    for (let i = 0; i < many; i++) if (at(subject, i) !== -1) return true;
    return false;
  };
}

function compareFields<C>(
  one: BytesField<C>,
  other: BytesField<C>,
  accepts: (order: number) => boolean,
  ofAll: boolean,
): Test<C> {
  const [count, otherCount] = [counter(one), counter(other)];
  return (subject) => {
    const many = count(subject);
    const otherMany = otherCount(subject);
    const bytes = one.bytes(subject);
    let pairs = 0;
    for (let i = 0; i < many; i++) {
      const start = one.at(subject, i);
      if (start === -1) continue;
      for (let j = 0; j < otherMany; j++) {
        const otherStart = other.at(subject, j);
        if (otherStart === -1) continue;
        pairs++;
        if (accepts(orderOfBytes(bytes, start, otherStart, one.length(subject, i))) !== ofAll) return !ofAll;
      }
    }
    return ofAll && pairs > 0;
  };
}

function orderOfBytes(bytes: Uint8Array, one: number, other: number, length: number): number {
  for (let i = 0; i < length; i++) {
    const difference = bytes[one + i]! - bytes[other + i]!;
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return 0;
}

/** How the address at `start` stands to another one; of both, the bits of the prefix count. */
export function order(bytes: Uint8Array, start: number, { bytes: wanted, prefix }: AddressValue): number {
  const whole = prefix >> 3;
  for (let i = 0; i < whole; i++) {
    const difference = bytes[start + i]! - wanted[i]!;
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  const rest = prefix & 7;
  if (rest === 0) return 0;
  const difference = (bytes[start + whole]! >> (8 - rest)) - (wanted[whole]! >> (8 - rest));
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

function contains(bytes: Uint8Array, from: number, to: number, wanted: Uint8Array): boolean {
  const last = to - wanted.length;
  const first = wanted[0];
  if (first === undefined) return true;
  for (let at = bytes.indexOf(first, from); at !== -1 && at <= last; at = bytes.indexOf(first, at + 1)) {
    let same = 1;
    while (same < wanted.length && bytes[at + same] === wanted[same]) same++;
    if (same === wanted.length) return true;
  }
  return false;
}

function literal<C>(value: Value, { type, name }: BytesField<C>): AddressValue {
  return type === "ipv4" || type === "ipv6" ? addressValue(value, name, type) : ethernetValue(value, name);
}
