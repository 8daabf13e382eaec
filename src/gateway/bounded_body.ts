/** A client's body on its way upstream, within the bound on bodies. */

import type { ForwardedRequest } from "../core/call.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { StreamedBody } from "../core/transport.ts";

/**
 * The body to send, or `undefined` where there is none. A length that is stated is judged at once,
 * any other body while it passes: it fails with `body_too_large` and takes the exchange with it.
 */
export async function boundedBody(
  { body, lengthBytes }: Pick<ForwardedRequest, "body" | "lengthBytes">,
  maxBodyBytes: number,
  signal: AbortSignal,
): Promise<StreamedBody | undefined> {
  if (body === null || lengthBytes === 0) return undefined;
  if (lengthBytes === undefined) return await countedBody(body, maxBodyBytes, signal);
  if (lengthBytes > maxBodyBytes) throw tooLarge(maxBodyBytes);
  return { stream: body, lengthBytes };
}

/** Whether a body without a length is there at all shows only when it is read (HTTP/2). */
async function countedBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxBodyBytes: number,
  signal: AbortSignal,
): Promise<StreamedBody | undefined> {
  const reader = body.getReader();
  const giveUp = (): void => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", giveUp);
  let first: Uint8Array<ArrayBuffer> | undefined;
  try {
    do first = (await reader.read()).value; while (first?.length === 0);
  } catch (cause) {
    throw new GatewayError("client_closed", "The request's body broke off", { cause });
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
  signal.throwIfAborted();
  if (first === undefined) return undefined;
  reader.releaseLock();
  const opening = first;
  let countedBytes = 0;
  const count = (
    bytes: Uint8Array<ArrayBuffer>,
    controller: TransformStreamDefaultController<Uint8Array<ArrayBuffer>>,
  ): void => {
    countedBytes += bytes.length;
    if (countedBytes > maxBodyBytes) throw tooLarge(maxBodyBytes);
    controller.enqueue(bytes);
  };
  const stream = body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      start: (controller) => count(opening, controller),
      transform: count,
    }),
  );
  return { stream };
}

function tooLarge(maxBodyBytes: number): GatewayError {
  return new GatewayError("body_too_large", `The body is larger than ${maxBodyBytes} bytes`);
}
