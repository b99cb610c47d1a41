export interface RestrictionDto {
  siteIds: string[];
  nodeIds: string[];
}

export interface UserDto {
  id: string;
  name: string;
  email: string | null;
  role: string;
  restriction: RestrictionDto | null;
  secondFactor: boolean;
  disabled: boolean;
  createdAt: string;
  lastSeenAt: string | null;
}

export interface ResetLinkDto {
  token: string;
  expiresAt: string;
}

export interface CreatedUserDto extends UserDto {
  reset: ResetLinkDto | null;
}

export interface TokenDto {
  id: string;
  name: string;
  role: string;
  hint: string;
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
}

export interface CreatedTokenDto extends TokenDto {
  token: string;
}
