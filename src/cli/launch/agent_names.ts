/** The coding agents that `weir launch` starts. */
export const AGENT_NAMES = ["claude", "codex", "gemini", "opencode"] as const;
export type AgentName = typeof AGENT_NAMES[number];
