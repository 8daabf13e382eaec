/** Images as Ollama has them: base64 alone, of which the first bytes tell what they are. */

/** How the base64 of each type begins. */
const BEGINNINGS: readonly (readonly [beginning: string, mediaType: string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
  ["Qk", "image/bmp"],
  ["SUkqA", "image/tiff"],
  ["TU0AK", "image/tiff"],
];

/** The media type of an image in base64; `undefined` where it is none that is known. */
export function sniffImage(base64: string): string | undefined {
  return BEGINNINGS.find(([beginning]) => base64.startsWith(beginning))?.[1];
}
