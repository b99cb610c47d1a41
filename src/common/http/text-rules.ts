import { Matches, ValidateIf } from 'class-validator';
import { LABEL } from '../labels.js';

/** What a fault of `@Matches` says: what is allowed, in words. Its own words would be the expression. */
export const mustBe = (allowed: string): { message: string } => ({ message: `$property must be ${allowed}` });

/** Text without the character NUL, which neither paths nor databases take. */
export const NoNul = (): PropertyDecorator =>
  Matches(/^[^\0]*$/, { message: '$property must not contain the character NUL' });

/** The field may be left out; null, which would mean nothing, is a fault. (`IsOptional` lets null pass.) */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** A time of day, `HH:MM`, 24 hours. */
export const IsTimeOfDay = (): PropertyDecorator =>
  Matches(/^([01]\d|2[0-3]):[0-5]\d$/, mustBe('a time of day, HH:MM from 00:00 to 23:59'));

/** A label of a site; with `each`, a list of them. */
export const IsLabel = ({ each = false }: { each?: boolean } = {}): PropertyDecorator =>
  Matches(LABEL, {
    each,
    message: `${each ? 'each label' : '$property'} must be letters, digits, ".", "_" or "-" in lower case, at most 50`,
  });
