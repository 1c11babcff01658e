import type { Application } from '@zhtp/types';

/** An application that answers some calls otherwise; all others go to `opened`. */
export const changedApplication = (opened: Application, changes: Partial<Application>): Application =>
  new Proxy(opened, {
    get: (target, name): unknown => {
      if (Object.hasOwn(changes, name)) return Reflect.get(changes, name);
      const member: unknown = Reflect.get(target, name);
      // Bound to the application itself: its private members are not the proxy's.
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
