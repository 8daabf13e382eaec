/** The APIs that `weir chat` speaks, as it is told on the command line. */
export const SURFACES = ["chat", "messages", "responses", "gemini"] as const;
export type SurfaceName = typeof SURFACES[number];
