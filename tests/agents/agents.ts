/** The agents that are run. */

import type { Agent } from "./agent.ts";
import { claudeCode } from "./claude_code.ts";
import { codex } from "./codex.ts";
import { geminiCli } from "./gemini_cli.ts";
import { opencode } from "./opencode.ts";

export const AGENTS: readonly Agent[] = [claudeCode, codex, geminiCli, opencode];
