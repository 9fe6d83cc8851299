/** A function that works its outcome out once in each turn of the loop, for all requests that came with it. */
export function onceATurn<Outcome>(make: () => Outcome): () => Outcome {
  let known: { readonly outcome: Outcome } | undefined;
  const forget = () => {
    known = undefined;
  };
  return () => {
    if (known) return known.outcome;
    known = { outcome: make() };
    setImmediate(forget);
    return known.outcome;
  };
}
