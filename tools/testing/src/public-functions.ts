const isClass = (value: (...args: never[]) => unknown): boolean =>
  Function.prototype.toString.call(value).startsWith('class');

/** Methods a class defines itself, static ones and those of its instances; no accessors. */
const methodsOf = (name: string, of: (...args: never[]) => unknown): readonly string[] =>
  [of, of.prototype as object].flatMap((owner) =>
    Object.entries(Object.getOwnPropertyDescriptors(owner)).flatMap(([own, { value }]) =>
      typeof value === 'function' && own !== 'constructor' ? [`${name}.${own}`] : [],
    ),
  );

/**
 * Everything a module lets be called: `f` for a function, `C.m` for a method of a class or of an exported object. Tests of
 * what holds for every public function go over it, so that none is forgotten.
 */
export const publicFunctions = (face: object): readonly string[] =>
  Object.entries(face).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'function') {
      const called = value as (...args: never[]) => unknown;
      return isClass(called) ? methodsOf(name, called) : [name];
    }
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([own, each]: [string, unknown]) =>
          typeof each === 'function' ? [`${name}.${own}`] : [],
        )
      : [];
  });
