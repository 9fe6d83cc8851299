/** A function that works its outcome out once for each object, and remembers it for as long as the object is there. */
export function onceFor<Of extends object, Outcome>(make: (of: Of) => Outcome): (of: Of) => Outcome {
  const made = new WeakMap<Of, { readonly outcome: Outcome }>();
  return (of) => {
    const known = made.get(of);
    if (known) return known.outcome;
    const outcome = make(of);
    made.set(of, { outcome });
    return outcome;
  };
}
