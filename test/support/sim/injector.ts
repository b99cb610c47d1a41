import type { Type } from '@nestjs/common';

/**
 * Makes services by the types of their constructors, as Nest does, but in microseconds: a master is made and dies many times in
 * each seed. What is given takes the place of its class; `replaced` are classes that are made in the place of others.
 */
export class Injector {
  private readonly made = new Map<unknown, unknown>();

  constructor(
    given: readonly (readonly [type: unknown, instance: unknown])[],
    private readonly replaced: ReadonlyMap<unknown, Type<unknown>>,
  ) {
    for (const [type, instance] of given) this.made.set(type, instance);
  }

  get<T>(type: Type<T>): T {
    if (!this.made.has(type)) this.made.set(type, this.make(type));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made from that very class, or given for it
    return this.made.get(type) as T;
  }

  private make(type: Type<unknown>): unknown {
    const types: unknown = Reflect.getMetadata('design:paramtypes', type) ?? [];
    if (!Array.isArray(types)) throw new Error(`${type.name} has no list of parameters`);
    const parts = types.map((part: unknown) => {
      if (typeof part !== 'function') throw new Error(`${type.name} needs something that has no class`);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a class, as the compiler wrote it down
      return this.get(part as Type<unknown>);
    });
    const instance: unknown = new (this.replaced.get(type) ?? type)(...parts);
    if (hasInit(instance)) void instance.onModuleInit();
    return instance;
  }
}

function hasInit(instance: unknown): instance is { onModuleInit: () => unknown } {
  return typeof instance === 'object' && instance !== null && 'onModuleInit' in instance;
}
