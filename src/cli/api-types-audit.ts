export interface AuditEntryDto {
  id: number;
  at: string;
  actor: 'token' | 'system' | 'nobody';
  actorId: string | null;
  actorName: string | null;
  role: string | null;
  address: string | null;
  userAgent: string | null;
  action: string;
  targetId: string | null;
  status: number | null;
  error: string | null;
  details: Record<string, unknown>;
}

export interface AuditPageDto {
  items: AuditEntryDto[];
  nextCursor: number | null;
}
