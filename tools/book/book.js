// A search shows the lines around what it found, which a page opened from a folder may not fetch.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

addEventListener("load", () => {
  // What must be scrolled can be scrolled from the keyboard.
  for (const part of document.querySelectorAll("pre, .table-wrapper, mjx-container[display]"))
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;

  // The theme leaves out what a screen reader says of the columns beside the text.
  for (const caption of document.querySelectorAll(".caption[role=heading]")) caption.ariaLevel = 2;
  document.querySelector(".sidebar-drawer").ariaLabel = "Pages";
  document.querySelector(".toc-drawer").ariaLabel = "On this page";
});
