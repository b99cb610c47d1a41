import { Validate, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { isTimeZone } from '../time-zones.js';

@ValidatorConstraint({ name: 'timeZone' })
class IsTimeZoneName implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' && isTimeZone(value);
  }
  defaultMessage(): string {
    return '$property must be the IANA name of a time zone, like Europe/Berlin';
  }
}

/** The field must be the IANA name of a time zone. */
export const IsZone = (): PropertyDecorator => Validate(IsTimeZoneName);
