export { type Letter, Mailer } from './mailer.js';
export { NotificationsModule } from './notifications.module.js';
export { NotificationsSchedule } from './notifications-schedule.js';
export { NotificationTimings } from './notification-timings.js';
