// Sends frames in batches through a packet socket of Linux, for the programs that make traffic for tests and measurements.
import koffi from "koffi";

const AF_PACKET = 17;
const SOCK_RAW = 3;
const ETH_P_IP = 0x0800;
const SOL_PACKET = 263;
const PACKET_QDISC_BYPASS = 20;
const BATCH = 32;

const c = koffi.load(null);
const sendmmsg = c.func("int sendmmsg(int descriptor, void *messages, unsigned int count, int flags)");

/** A packet socket that is bound to an interface. @param {string} interfaceName @param {boolean} bypass past the interface's queue, and those who capture on it */
function openSocket(interfaceName, bypass) {
  const descriptor = c.func("int socket(int domain, int type, int protocol)")(AF_PACKET, SOCK_RAW, 0);
  const index = c.func("unsigned int if_nametoindex(const char *name)")(interfaceName);
  if (descriptor < 0 || index === 0) throw new Error(`${interfaceName}: no packet socket (root is needed)`);
  const address = new DataView(new ArrayBuffer(20));
  address.setUint16(0, AF_PACKET, true);
  address.setUint16(2, ETH_P_IP);
  address.setInt32(4, index, true);
  const bound = c.func("int bind(int descriptor, const uint8_t *address, uint32_t length)");
  if (bound(descriptor, new Uint8Array(address.buffer), 20) !== 0) throw new Error(`${interfaceName}: bind failed`);
  if (!bypass) return descriptor;
  const set = c.func("int setsockopt(int d, int level, int option, const uint8_t *value, uint32_t length)");
  set(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, Uint8Array.of(1, 0, 0, 0), 4);
  return descriptor;
}

/** Frames are written into its slots, and sent as many at once as there are. */
export class FrameSender {
  /** All slots; slot i begins at `i * slotLength`. */
  view;
  /** How many frames go at once at most. */
  batch = BATCH;
  sent = 0;
  #descriptor;
  #headers;
  #lengths;

  /** @param {string} interfaceName @param {number} slotLength bytes of the longest frame @param {boolean} bypass see `openSocket` */
  constructor(interfaceName, slotLength, bypass) {
    this.#descriptor = openSocket(interfaceName, bypass);
    const frames = koffi.alloc("uint8_t", BATCH * slotLength);
    const vectors = koffi.alloc("uint64_t", BATCH * 2);
    // struct mmsghdr of eight words: the third and the fourth are the vector and how many there are.
    const headers = koffi.alloc("uint64_t", BATCH * 8);
    this.view = new DataView(koffi.view(frames, BATCH * slotLength));
    this.#lengths = new BigUint64Array(koffi.view(vectors, BATCH * 16));
    const words = new BigUint64Array(koffi.view(headers, BATCH * 64)).fill(0n);
    for (let i = 0; i < BATCH; i++) {
      this.#lengths[2 * i] = koffi.address(frames) + BigInt(i * slotLength);
      words[8 * i + 2] = koffi.address(vectors) + BigInt(16 * i);
      words[8 * i + 3] = 1n;
    }
    this.#headers = koffi.address(headers);
  }

  /** @param {number} slot @param {number} length */
  setLength(slot, length) {
    this.#lengths[2 * slot + 1] = BigInt(length);
  }

  /** Sends so many slots; how many were taken: fewer when a queue is full. @param {number} count @param {number} [first] */
  send(count, first = 0) {
    const headers = this.#headers + BigInt(first * 64);
    const done = Math.max(0, sendmmsg(this.#descriptor, headers, count, 0));
    this.sent += done;
    return done;
  }
}
