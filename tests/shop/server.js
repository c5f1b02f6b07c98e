// The shop: one page, so that the image has something real to run.
const express = require("express");

const app = express();
app.get("/", (_request, response) => response.type("text").send("open\n"));
app.listen(8080, () => console.log("shop listens on 8080"));
