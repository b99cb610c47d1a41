// What our own Node is started with, server and command line alike.
// A small young generation: its default let the server grow by 100 MB while a backup ran, and bought no time.
export const nodeFlags = ['--enable-source-maps', '--max-semi-space-size=4'];
