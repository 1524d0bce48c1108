// A button with data-copies="ID" copies the value of that field and says that it did.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  field.select();
  const said = () => { button.textContent = button.dataset.done; };
  // Pages that come over plain HTTP from another machine have no clipboard of their own.
  if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(said);
  else if (document.execCommand("copy")) said();
});
