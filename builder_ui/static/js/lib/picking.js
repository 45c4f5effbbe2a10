// A chosen thing inside a picker, made from the picker's own template.

/** The chip of `value`, sent under the picker's name. */
export function picked(picker, value, text) {
  const template = picker.querySelector("template[data-picker-target~=template]");
  const made = template.content.firstElementChild.cloneNode(true);
  made.dataset.value = value;
  made.querySelector("span").textContent = text;
  const input = made.querySelector("input");
  input.name = picker.dataset.pickerNameValue ?? input.name;
  input.value = value;
  return made;
}
