/** Types of the one class of `deno-std` that the benches use; the mirror ships none. */

export class TextLineStream extends TransformStream<string, string> {
  constructor(options?: { readonly allowCR?: boolean });
}
