/** `weir backup FILE`: a copy of the ledger, also while a gateway runs on it. */

import { StateError } from "../state/installation_secret.ts";
import { loadConfig } from "../host/reload/load_config.ts";
import { StartError } from "../host/start_error.ts";
import { notify } from "../host/system/terminal.ts";
import { type Command, EXIT } from "./command_line/command.ts";
import { CONFIG_OPTION, configRequest } from "./command_line/config_request.ts";

export const backup: Command = {
  name: "backup",
  summary: "Copy the ledger in STATE to a file, also while a gateway runs on it",
  options: [CONFIG_OPTION],
  args: [{ name: "FILE", completion: "files" }],
  examples: ["STATE=/var/lib/weir weir backup /backup/ledger.sqlite"],
  needs: ["write"],
  run: async (invocation) => {
    // SQLite is large, and no other command needs it before it serves.
    const { backupState } = await import("../state/ledger/backup.ts");
    const { config } = loadConfig(configRequest(invocation));
    const [file = ""] = invocation.args;
    try {
      backupState(config.state.folder, file);
    } catch (thrown) {
      throw thrown instanceof StateError ? new StartError(thrown.message) : thrown;
    }
    notify(
      `The ledger is copied to ${file}; put it in the place of ledger.sqlite to go on with it`,
    );
    return EXIT.done;
  },
};
