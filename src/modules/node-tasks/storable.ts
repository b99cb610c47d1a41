/** As PostgreSQL's jsonb can hold it: texts of a tenant may have what it can't. */
export function storable<T extends object>(value: T): T {
  // The same with other texts.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(
    JSON.stringify(value, (_, each: unknown) =>
      typeof each === 'string' ? each.toWellFormed().replaceAll('\0', '\uFFFD') : each,
    ),
  ) as T;
}
