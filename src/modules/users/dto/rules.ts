import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsEmail, IsString, Length, Matches, MaxLength } from 'class-validator';
import { mustBe, NoNul } from '../../../common/http/index.js';

/** The name of a user. */
export const IsUserName = (): PropertyDecorator =>
  applyDecorators(
    IsString(),
    Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, mustBe('letters, digits, ".", "_" or "-", at most 64')),
  );

/** An e-mail address; empty text is none. */
export const IsAddress = (): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (value === '' ? null : value)),
    IsEmail({}, { message: '$property must be an e-mail address' }),
    MaxLength(200),
  );

/** A password as it was typed. What makes a good one is checked where one is set. */
export const IsPassword = (): PropertyDecorator => applyDecorators(IsString(), Length(1, 1000), NoNul());

/** A code of the second factor, or a recovery code. */
export const IsCode = (): PropertyDecorator => applyDecorators(IsString(), Length(1, 40), NoNul());
