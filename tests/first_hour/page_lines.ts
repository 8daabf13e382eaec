/** What a page tells its reader to run, in its order. */

export interface PageLine {
  readonly page: string;
  /** A line of the shell, or a program for Node. */
  readonly kind: "sh" | "js";
  readonly text: string;
}

/** Lines that go on behind a backslash are one. What is no `sh` or `js` is for reading. */
export function pageLines(page: string, markdown: string): readonly PageLine[] {
  return [...markdown.matchAll(/^```(sh|js)( ignore)?\n([^]*?)^```$/gm)].flatMap(
    ([, kind, , block = ""]): readonly PageLine[] =>
      kind === "js" ? [{ page, kind, text: block }] : block.replaceAll(/\\\n\s*/g, "").split("\n")
        .filter((text) => text.trim() !== "").map((text) => ({ page, kind: "sh", text })),
  );
}
