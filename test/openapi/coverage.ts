import type { Names, OperationNames, Shape } from './names.ts';

/**
 * Where `ours` offers less than `reference` promises: a name that is missing, an answer that guarantees less, a request
 * that demands more. What we have beyond it is nobody's loss.
 */
export function shortcomings(ours: Names, reference: Names): string[] {
  return Object.entries(reference.operations).flatMap(([name, expected]) => {
    const operation = ours.operations[name];
    return operation ? ofOperation(name, operation, expected) : [`${name}: missing`];
  });

  function ofOperation(name: string, operation: OperationNames, expected: OperationNames): string[] {
    const id = operation.operationId === expected.operationId ? [] : [`${name}: is ${operation.operationId}`];
    const parameters = Object.entries(expected.parameters).flatMap(([parameter, isRequired]) => {
      const wanted = operation.parameters[parameter];
      if (wanted === undefined) return [`${name}: no parameter ${parameter}`];
      return wanted && !isRequired ? [`${name}: demands ${parameter}`] : [];
    });
    const added = Object.entries(operation.parameters)
      .filter(([parameter, isRequired]) => isRequired && !(parameter in expected.parameters))
      .map(([parameter]) => `${name}: demands ${parameter}`);
    const body = Object.entries(expected.body ?? {}).flatMap(([media, shape]) =>
      ofShape(`${name} body`, operation.body?.[media], shape, 'request', []),
    );
    const responses = Object.entries(expected.responses).flatMap(([status, bodies]) => {
      const answered = operation.responses[status];
      // Errors all look alike with us, and are `default`.
      if (!answered) return status >= '400' ? [] : [`${name}: no ${status}`];
      return Object.entries(bodies).flatMap(([media, shape]) =>
        ofShape(`${name} ${status}`, answered[media], shape, 'answer', []),
      );
    });
    return [...id, ...parameters, ...added, ...body, ...responses];
  }

  function ofShape(
    path: string,
    given: Shape | undefined,
    wanted: Shape,
    direction: 'request' | 'answer',
    passed: readonly string[],
  ): string[] {
    if (!given) return [`${path}: missing`];
    if (wanted.of !== undefined) {
      if (passed.includes(wanted.of)) return [];
      return ofShape(path, given, reference.schemas[wanted.of] ?? {}, direction, [...passed, wanted.of]);
    }
    if (given.of !== undefined) return ofShape(path, ours.schemas[given.of], wanted, direction, passed);
    const [less, more] = direction === 'answer' ? [given, wanted] : [wanted, given];
    const required = (more.required ?? []).filter((name) => !(less.required ?? []).includes(name));
    return [
      ...(wanted.type && given.type && wanted.type !== given.type ? [`${path}: is ${given.type}`] : []),
      ...(wanted.enum && `${wanted.enum}` !== `${given.enum}` ? [`${path}: knows ${given.enum}`] : []),
      ...required.map((name) => `${path}.${name}: ${direction === 'answer' ? 'is not promised' : 'is demanded'}`),
      ...Object.entries(wanted.members ?? {}).flatMap(([name, member]) =>
        ofShape(`${path}.${name}`, given.members?.[name], member, direction, passed),
      ),
      ...(wanted.items ? ofShape(`${path}[]`, given.items, wanted.items, direction, passed) : []),
    ];
  }
}
