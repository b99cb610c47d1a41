export { SetupService } from './setup.service.js';
export { UsersModule } from './users.module.js';
