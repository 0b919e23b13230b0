// Wakes when a message comes: shows it, and opens the matter it speaks of. Keeps nothing and touches no page.

self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : {};
  event.waitUntil(
    self.registration.showNotification(said.title || "", {
      body: said.body || "",
      icon: "/static/icon.svg",
      tag: said.delivery ? `delivery-${said.delivery}` : undefined, // a second try replaces the first
      data: { href: said.number ? `/t/${said.number}` : "/messages" },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const href = new URL(event.notification.data.href, self.location.origin).href;
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((windows) => {
      const open = windows.find((one) => one.url === href);
      return open ? open.focus() : self.clients.openWindow(href);
    }),
  );
});
