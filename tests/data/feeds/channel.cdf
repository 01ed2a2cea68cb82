<?xml version="1.0"?>
<!-- CDF, Microsoft's format of 1997: links are attributes, relative to BASE. -->
<CHANNEL HREF="http://kanal.example/index.html" BASE="http://kanal.example/">
  <TITLE>Kanal</TITLE>
  <ITEM HREF="neu.html" LASTMOD="1998-01-02T10:00"><TITLE>Neu</TITLE><ABSTRACT>Etwas Neues</ABSTRACT></ITEM>
</CHANNEL>
