import { STATES } from "../../flow/states.ts";
import { address, object, type Schema, word } from "./schema.ts";

/** What the schemas say of the two ends of a connection. */

/** "client" or "server". */
export function end(description: string): Schema {
  return word(description, ["client", "server"]);
}

export function endPoint(description: string, port: Schema): Schema {
  return object(description, { address: address("address"), port });
}

export function endStates(description: string): Schema {
  return object(description, {
    client: word("state of the client", STATES),
    server: word("state of the server", STATES),
  });
}
