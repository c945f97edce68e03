// allauth's passkey script raises an event where the browser or the member said no; here it is said in words.
document.addEventListener("allauth.error", event => {
  const place = document.getElementById("passkey-problem");
  if (!place) return;
  event.preventDefault();
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
});
