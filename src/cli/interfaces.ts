import { Command } from "commander";

export interface InterfacesOptions {
  readonly json?: boolean;
}

export function interfacesCommand(): Command {
  return new Command("interfaces")
    .description("what can be captured on, and by which engines here")
    .option("--json", "one JSON object per line")
    .action(async (options: InterfacesOptions) => {
      const { runInterfaces } = await import("./run-interfaces.ts");
      await runInterfaces(options);
    });
}
