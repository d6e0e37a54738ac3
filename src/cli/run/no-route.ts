import { processFile } from "./process-tree.ts";

/** How often this network namespace had no route for what was to be sent; a connect() for which there is none leaves no other trace. */
export interface NoRoutes {
  readonly ipv4: number;
  readonly ipv6: number;
}

/** The counters of /proc/net/snmp and snmp6, since the system began; 0 where there are none. */
export function noRoutes(): NoRoutes {
  return {
    ipv4: snmpCounter(processFile("/proc/net/snmp") ?? "", "Ip", "OutNoRoutes"),
    ipv6: Number(/^Ip6OutNoRoutes\s+(\d+)/m.exec(processFile("/proc/net/snmp6") ?? "")?.[1] ?? 0),
  };
}

/** A number of a table in which a line of names goes before the line of numbers. */
export function snmpCounter(text: string, group: string, name: string): number {
  const [names, numbers] = text
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([head]) => head === `${group}:`);
  const at = names?.indexOf(name) ?? -1;
  return at < 0 ? 0 : Number(numbers?.[at] ?? 0);
}
