import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Roles } from '../../common/http/index.js';
import { RotationDto, SecretKeysDto } from './dto/secrets.dto.js';
import { SecretBox } from './box/index.js';
import { SecretRotation } from './secret-rotation.js';

@ApiTags('secrets')
@Controller('secrets')
export class SecretsController {
  constructor(
    private readonly box: SecretBox,
    private readonly rotation: SecretRotation,
  ) {}

  /** Names of the keys that seal and open stored secrets. The keys themselves are never given. */
  @Roles('admin')
  @Get()
  keys(): SecretKeysDto {
    return { keyId: this.box.keyId, keyIds: this.box.keyIds, given: this.box.given };
  }

  /** Makes a new key and seals every stored secret with it. Where BACKUPD_SECRET_KEY names the key: seals all with that one. */
  @Roles('admin')
  @Post('rotate')
  @HttpCode(200)
  rotate(): Promise<RotationDto> {
    return this.rotation.rotate();
  }
}
