export { S3StorageDriver, type S3DriverOptions } from './s3-storage.driver.js';
export { S3StorageDriverFactory } from './s3-storage.factory.js';
export { parseS3Settings, type S3Settings } from './s3-settings.js';
