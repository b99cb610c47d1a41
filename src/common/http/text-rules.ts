import { Matches, ValidateIf } from 'class-validator';

/** What a fault of `@Matches` says: what is allowed, in words. Its own words would be the expression. */
export const mustBe = (allowed: string): { message: string } => ({ message: `$property must be ${allowed}` });

/** Text without the character NUL, which neither paths nor databases take. */
export const NoNul = (): PropertyDecorator =>
  Matches(/^[^\0]*$/, { message: '$property must not contain the character NUL' });

/** The field may be left out; null, which would mean nothing, is a fault. (`IsOptional` lets null pass.) */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);
