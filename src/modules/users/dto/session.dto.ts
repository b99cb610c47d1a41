import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { NoNul, Role } from '../../../common/http/index.js';
import { RestrictionDto } from './user.dto.js';
import { IsAddress, IsCode, IsPassword, IsUserName } from './rules.js';

/** What to sign in with. */
export class LoginDto {
  /**
   * The user's name or e-mail address.
   * @example 'anna'
   */
  @IsString()
  @Length(1, 200)
  @NoNul()
  name!: string;

  @IsPassword()
  password!: string;

  /** Of the authenticator app, or a recovery code; where the account has a second factor. */
  @IsOptional()
  @IsCode()
  code?: string;
}

/** The first account. */
export class SetupDto {
  /** From the link that the server printed. */
  @IsString()
  @Length(1, 100)
  @NoNul()
  code!: string;

  /** @example 'anna' */
  @IsUserName()
  name!: string;

  /** At least 10 characters. */
  @IsPassword()
  password!: string;

  /** @example 'anna@example.com' */
  @IsOptional()
  @IsAddress()
  @ApiProperty({ type: String, nullable: true, required: false })
  email?: string | null;
}

/** Who has forgotten the password. */
export class AskResetDto {
  /** The user's name or e-mail address. */
  @IsString()
  @Length(1, 200)
  @NoNul()
  name!: string;
}

/** A new password. */
export class UseResetDto {
  /** From the link. */
  @IsString()
  @Length(1, 100)
  @NoNul()
  token!: string;

  /** At least 10 characters. */
  @IsPassword()
  password!: string;
}

/** Who has signed in. */
export class SessionUserDto {
  id!: string;
  name!: string;
  @ApiProperty({ type: String, nullable: true })
  email!: string | null;
  @ApiProperty({ enum: Role, enumName: 'Role' })
  role!: Role;
  /** The only sites that this user may see and touch; null = all. */
  @ApiProperty({ type: RestrictionDto, nullable: true })
  restriction!: RestrictionDto | null;
  /** Whether signing in needs a code. */
  secondFactor!: boolean;
  /** How many are left unused. */
  recoveryCodesLeft!: number;
}

/** Whose session this is, and how one begins. */
export class SessionDto {
  /** Null = nobody has signed in. */
  @ApiProperty({ type: SessionUserDto, nullable: true })
  user!: SessionUserDto | null;
  /** There is no admin account yet: the link that the server printed makes it. */
  setupNeeded!: boolean;
  /** A link to set a new password can be sent by mail. */
  resetByEmail!: boolean;
}
