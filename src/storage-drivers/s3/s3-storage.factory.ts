import { Injectable } from '@nestjs/common';
import { StorageDriverProvider, type StorageDriverFactory } from '../../engine/ports/index.js';
import { parseS3Settings, s3Place, S3_SECRET_SETTINGS, S3_SETTINGS_SCHEMA } from './s3-settings.js';
import { S3StorageDriver } from './s3-storage.driver.js';

/** Storage in a bucket of AWS S3 or of any server that speaks its protocol. */
@Injectable()
@StorageDriverProvider()
export class S3StorageDriverFactory implements StorageDriverFactory {
  readonly kind = 's3';
  readonly title = 'S3 bucket (AWS, Backblaze B2, Cloudflare R2, Wasabi, iDrive e2, MinIO, Ceph …)';
  readonly secretSettings: readonly string[] = S3_SECRET_SETTINGS;
  readonly settingsSchema = S3_SETTINGS_SCHEMA;

  /** Error: STORAGE_SETTINGS_INVALID. */
  create(settings: Readonly<Record<string, unknown>>): S3StorageDriver {
    return new S3StorageDriver(parseS3Settings(settings));
  }

  /** One name: another host name of the same server is not known as such. */
  async places(settings: Readonly<Record<string, unknown>>): Promise<string[]> {
    return [s3Place(settings)];
  }
}
