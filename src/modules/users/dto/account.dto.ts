import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import type { UserSession } from '../user.entity.js';
import { IsAddress, IsCode, IsPassword } from './rules.js';

export class UpdateAccountDto {
  /** To have the password reset by mail; null = none. */
  @IsOptional()
  @IsAddress()
  @ApiProperty({ type: String, nullable: true })
  email!: string | null;
}

export class ChangePasswordDto {
  @IsPassword()
  current!: string;

  /** At least 10 characters. */
  @IsPassword()
  password!: string;
}

/** That it is really the user who asks. */
export class ConfirmPasswordDto {
  @IsPassword()
  password!: string;
}

export class ConfirmFactorDto {
  /** That the authenticator app shows. */
  @IsCode()
  code!: string;
}

export class RemoveFactorDto extends ConfirmPasswordDto {
  /** Of the authenticator app, or a recovery code. */
  @IsCode()
  code!: string;
}

/** For an authenticator app; shown this once. */
export class NewFactorDto {
  /** To type in. */
  secret!: string;
  /** As a QR code, to scan. */
  uri!: string;
}

/** Each lets in once in the place of a code of the app; shown this once. */
export class RecoveryCodesDto {
  @ApiProperty({ type: [String] })
  recoveryCodes!: string[];
}

/** A browser in which the user has signed in. */
export class UserSessionDto {
  id!: string;
  createdAt!: string;
  lastUsedAt!: string;
  /** It ends then, or after 7 days without use. */
  expiresAt!: string;
  /** From where it began. */
  address!: string;
  @ApiProperty({ type: String, nullable: true })
  userAgent!: string | null;
  /** It is the one of this request. */
  current!: boolean;

  static of(session: UserSession, currentId: string | null): UserSessionDto {
    return {
      id: session.id,
      createdAt: session.createdAt.toISOString(),
      lastUsedAt: session.lastUsedAt.toISOString(),
      expiresAt: session.expiresAt.toISOString(),
      address: session.address,
      userAgent: session.userAgent ?? null,
      current: session.id === currentId,
    };
  }
}

export class UserSessionsDto {
  @ApiProperty({ type: [UserSessionDto] })
  items!: UserSessionDto[];
}
