import { IsUUID } from 'class-validator';

/** Where a backup is to be copied to. */
export class AddCopyDto {
  /** The storage provider. */
  @IsUUID()
  providerId!: string;
}
