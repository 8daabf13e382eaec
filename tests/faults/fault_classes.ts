/** The faults of the matrix by what goes wrong, for people who read its page. */

/** By name, in the order of the page. Each fault is of the first one that fits. */
export const FAULT_CLASSES: readonly (readonly [name: string, faults: RegExp])[] = [
  ["nothing is wrong", /^(none|slow_drip)$/],
  ["nobody can be reached", /^(refused|dns_failure|tls_failure|connect_stall)$/],
  ["the provider is silent", /^(stall_\w+|silence_after_finish)$/],
  ["the answer is cut off", /^((rst|fin|half_close)_\w+|end_after_content|length_\w+)$/],
  ["the provider refuses", /^(status_(?!201)\w+|\w+_(400|403|422|429|500))$/],
  ["an error in an answer with 200", /^(error_\w+|\w+_200|bad_parameter_after_content)$/],
  [
    "the end is not what it seems",
    /^(no_done|duplicate_finish|(json_)?finish_\w+|text_after_\w+|choice_\w+|events_after_done)$/,
  ],
  [
    "the answer is not what it seems",
    /^(\w+_(event|body|type|mislabelled|json|comments|numbers|twice)|json_\w+|status_201)$/,
  ],
  ["the client leaves or is slow", /^(client_gone_\w+|slow_client)$/],
  ["Weir itself is restarted", /^proxy_restart$/],
];

export function classOf(fault: string): string {
  const [name] = FAULT_CLASSES.find(([, faults]) => faults.test(fault)) ?? [];
  if (name === undefined) throw new Error(`${fault} is of no class`);
  return name;
}
