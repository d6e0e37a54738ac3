import { Namespace, type Started } from "./namespace.ts";

const CLIENT = "10.0.0.1";
export const ROUTER = "10.0.0.2";

/** A client's namespace, joined to a router's by va and vb. */
export function joined(): { client: Namespace; router: Namespace } {
  const client = new Namespace();
  const router = new Namespace();
  router.run("ip", "link", "del", "va");
  client.run("ip", "link", "set", "vb", "netns", router.name);
  client.run("ip", "address", "add", `${CLIENT}/24`, "dev", "va");
  router.run("ip", "address", "add", `${ROUTER}/24`, "dev", "vb");
  router.run("ip", "link", "set", "vb", "up");
  client.run("ip", "route", "add", "default", "via", ROUTER);
  // An error may meet connect() itself: then the next SYN counts.
  client.run("sysctl", "-qw", "net.ipv4.tcp_syn_retries=1");
  router.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.icmp_ratelimit=0");
  return { client, router };
}

/** A server that listens, on all addresses. */
export async function listening(namespace: Namespace, port: number, backlog = 10): Promise<Started> {
  const script = `require("net").createServer((socket) => socket.end("hello")).listen({ port: ${port}, host: "0.0.0.0", backlog: ${backlog} }, () => console.error("ready"))`;
  const server = namespace.start([process.execPath, "-e", script]);
  await server.said("ready");
  return server;
}

/** A server that accepts nothing, for it is stopped (SIGCONT lets it go on): two connections fill its backlog. A third gives up after 3 s. */
export async function stalled(namespace: Namespace, port: number): Promise<{ server: Started; pid: number }> {
  namespace.run("sysctl", "-qw", "net.ipv4.tcp_syn_retries=1");
  const server = await listening(namespace, port, 1);
  const pid = Number(namespace.run("sh", "-c", `ss -Htlnp 'sport = :${port}' | sed 's/.*pid=\\([0-9]*\\).*/\\1/'`));
  process.kill(pid, "SIGSTOP");
  return { server, pid };
}
