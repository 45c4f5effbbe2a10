// Puts a list right below (or, without room, above) the control it belongs to, whatever scrolls around it.

export function beside(list, control) {
  const { left, top, bottom, width } = control.getBoundingClientRect();
  const below = innerHeight - bottom > Math.min(list.scrollHeight, 300) + 8 || bottom < innerHeight / 2;
  Object.assign(list.style, {
    left: `${left}px`,
    width: `${Math.max(width, 220)}px`,
    top: below ? `${bottom + 4}px` : "auto",
    bottom: below ? "auto" : `${innerHeight - top + 4}px`,
    maxHeight: `${Math.min(300, (below ? innerHeight - bottom : top) - 12)}px`,
  });
}
