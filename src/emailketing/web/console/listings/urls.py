from django.urls import path

from emailketing.web.console.listings import editor, files, rights, views

urlpatterns = [
    path("listings/", views.ListingsPage.as_view(), name="listings"),
    path("listings/new/<str:kind>/", editor.ListingEditor.as_view(), name="listing_new"),
    path(
        "listings/draft/<str:kind>/fields/",
        editor.EditorFields.as_view(),
        name="listing_draft_fields",
    ),
    path("listings/draft/<str:kind>/rows/", editor.EditorRows.as_view(), name="listing_draft_rows"),
    path("listings/<slug:name>/edit/", editor.ListingEditor.as_view(), name="listing_edit"),
    path(
        "listings/<slug:name>/edit/fields/",
        editor.EditorFields.as_view(),
        name="listing_edit_fields",
    ),
    path("listings/<slug:name>/edit/rows/", editor.EditorRows.as_view(), name="listing_edit_rows"),
    path("listings/<str:name>/", views.ListingPage.as_view(), name="listing"),
    path("listings/<str:name>/rows/", views.ListingRows.as_view(), name="listing_rows"),
    path(
        "listings/<str:name>/file/<str:ending>/", files.ListingFile.as_view(), name="listing_file"
    ),
    path("listings/<str:name>/right/", rights.ChooseSeers.as_view(), name="listing_right"),
    path("listings/<str:name>/delete/", views.ListingDelete.as_view(), name="listing_delete"),
]
