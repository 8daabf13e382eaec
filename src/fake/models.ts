/** The models that are listed; any other name is answered as well. */

import { FAKE_MODEL } from "./answer.ts";

/** The second has a slash in its name, as many real ones do. */
export const MODEL_IDS: readonly string[] = [FAKE_MODEL, "fake-lab/fake-model"];
