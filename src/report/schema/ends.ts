import { STATES } from "../../flow/states.ts";
import { address, object, orNull, type Schema, word } from "./schema.ts";

/** What the schemas say of the two ends of a connection. */

/** "client" or "server". */
export function end(description: string): Schema {
  return word(description, ["client", "server"]);
}

export function endPoint(description: string, port: Schema): Schema {
  return object(description, { address: address("address"), port });
}

/** An end of what left nothing on the wire may be unknown. */
export function perhapsEndPoint(description: string, port: Schema): Schema {
  return object(description, { address: orNull(address("address; null: none was chosen, or it is not known")), port });
}

export function endStates(description: string): Schema {
  return object(description, {
    client: word("state of the client", STATES),
    server: word("state of the server", STATES),
  });
}
