/** What of the catalog a path asks for. */

import { decodeSegment } from "../../request/decode_segment.ts";
import { MODELS, withoutSlash } from "./service_path.ts";

/** One part of what is known of a model. */
export type ModelView = "parameters" | "pricing";

export type CatalogRoute =
  | { readonly kind: "list" | "top" | "search" | "providers" }
  | { readonly kind: "provider"; readonly provider: string }
  | {
    readonly kind: "model";
    readonly id: string;
    /** The model itself where it is left out. */
    readonly view?: ModelView;
    /** With the view's name at its end: some model may be called so. */
    readonly wholeId: string;
  };

const PROVIDER = "/providers/";
const VIEW = /^(.+)\/(parameters|pricing)$/;

/**
 * Reads an endpoint as it was sent, the catalog's or below it. The words of the service win over models of
 * the same name; all else is an id, with slashes raw or encoded.
 *
 * Throws `invalid_request` for an escape that is none.
 */
export function readCatalogRoute(endpoint: string): CatalogRoute {
  const rest = withoutSlash(endpoint.slice(MODELS.length));
  switch (rest) {
    case "":
      return { kind: "list" };
    case "/top":
      return { kind: "top" };
    case "/search":
      return { kind: "search" };
    case "/providers":
      return { kind: "providers" };
  }
  if (rest.startsWith(PROVIDER)) {
    return { kind: "provider", provider: decodeSegment(rest.slice(PROVIDER.length), "provider") };
  }
  const encoded = rest.slice(1);
  const wholeId = decodeSegment(encoded, "model");
  const [, encodedId, view] = VIEW.exec(encoded) ?? [];
  if (encodedId === undefined) return { kind: "model", id: wholeId, wholeId };
  return {
    kind: "model",
    id: decodeSegment(encodedId, "model"),
    view: view as ModelView, // The pattern has these words only.
    wholeId,
  };
}
