import { InvalidArgumentError, Option } from "commander";

/** --flow N: one connection, by its number in `flows`. */
export function flowOption(description: string): Option {
  return new Option("--flow <number>", description).argParser((text) => {
    if (!/^\d{1,9}$/.test(text))
      throw new InvalidArgumentError("It is a number, as flows prints it in its first column.");
    return Number(text);
  });
}
