#!/usr/bin/env node
// deno-lint-ignore-file no-console -- This is a command.
// Starts the executable of this platform, which npm has installed beside this package.
"use strict";

const { spawn } = require("node:child_process");

const name = `weir-gateway-${process.platform}-${process.arch}`;
const executable = process.platform === "win32" ? "weir.exe" : "weir";

function find() {
  try {
    return require.resolve(`${name}/${executable}`);
  } catch {
    console.error(
      `weir: the package ${name} is not installed; install weir-gateway again without --no-optional or --omit=optional, on a system that it is made for`,
    );
    process.exit(1);
  }
}

const child = spawn(find(), process.argv.slice(2), { stdio: "inherit" });
// A stop is Weir's to make: this waits for it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`weir: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
